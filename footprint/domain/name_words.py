"""The words that `full_names` guesses by: given names, what is ordinary, what makes a body."""

from __future__ import annotations

_GIVEN = """
    aaliyah aaron abbie abby abdi abdul abdullah abigail abraham ada adam adele adrian ahmed aidan
    aisha alan albert alex alexander alexandra alfie alfred ali alice alicia alina alison alistair
    amanda amber amelia amina amir amit amy ana anastasia andrea andreea andrei andrew andy angela
    angus anita ann anna annabel anne annie anthony antonio arjun arthur arya asha ashley asif ava
    ayesha bailey barbara barry beatrice becky ben benjamin bernard beth bethany beverley billy
    blessing bogdan bradley brandon brenda brian bridget bronwyn bruce bryony caitlin callum
    cameron carl carol caroline carolyn catherine cathy cerys charles charlie charlotte cheryl
    chioma chloe chris christina christine christopher ciara claire clare clement colin connor
    courtney craig cristina cynthia daisy damian daniel danielle danny darren dave david debbie
    deborah declan denise dennis derek diana diane dilys dominic donald donna doreen dorothy
    duncan dylan ebony eddie edith edward eileen elaine eleanor elena elijah elizabeth ella ellen
    ellie elliot elsie emily emma emmanuel eric erin esther ethan eva evan evelyn evie ewan fatima
    felix fiona florence frances francesca francis fraser fred freddie freya gabriel gareth gary
    gavin gemma geoff geoffrey george georgia georgina geraint gerald geraldine gillian glenn
    gloria gordon grace graham greg gregory gwen hamza hannah hannan harold harriet harry harvey
    hassan hayley hazel heather heidi helen henry hilary holly howard hugh hussain hussein ian
    ibrahim imran ioana ion isaac isabel isabella isabelle isla ismail ivan jack jackie jacob
    jacqueline jade jake james jamie jane janet janice jasmine jason jasper jayden jayne jean
    jeff jeffrey jenna jennifer jenny jeremy jessica jessie jill jim joan joanna joanne joe joel
    john johnny jonathan jordan joseph josephine josh joshua josie joyce juan judith julia julian
    julie justin kai karen karl kate katherine kathleen kathryn katie kayleigh keira keith kelly
    kenneth kerry kevin khadija khalid kieran kim kimberley kirsty kofi krishna kwame kyle lara
    laura lauren laurence leah leanne lee leila leo leon leonard lesley leslie lewis liam lily
    linda lisa logan lorraine louis louise luca lucas lucy luke lydia lynn lynne mabel maddison
    madeleine maisie malcolm marcus margaret maria marie marina marion marjorie martha martin
    martyn mary maryam mason matilda matthew maureen max maxine maya megan mehmet melanie melissa
    mia michael michelle miguel mike mila millie miriam mohamed mohammad mohammed moira molly
    monica morgan moses muhammad musa mustafa nadia naomi nasreen natalie natasha nathan neil
    ngozi niamh nicholas nicola nicole nigel nikita nina noah noor nora norman oliver olivia
    oluwaseun omar oscar owen pamela patricia patrick paul paula pauline pedro peggy peter
    philip phillip phoebe phyllis piotr poppy priya rachael rachel rahul rajesh ralph rania rashid
    raymond rebecca reece reuben rhian rhiannon rhys richard riley rita robert robin roger ronald
    ronnie rory rosemary rosie ross roy ruby rupert russell ruth ryan saad sabrina sadie saima
    sally sam samantha samira samuel sandra sanjay sara sarah scarlett scott sean sebastian
    shannon sharon shaun sheila shirley sian sienna simon simone sofia sonia sophia sophie stacey
    stanley stefan stella stephanie stephen steve steven stewart stuart sunil susan suzanne sylvia
    tania tanya tara tariq teresa terry theo theresa thomas tiffany tim timothy tina toby tom
    tommy tony tracey tracy trevor tyler umar usman valentina valerie vanessa vera veronica
    victoria vijay vikram vincent violet wayne wendy wilfred william winifred xavier yasmin yusuf
    yvonne zachary zahra zainab zara zoe
"""
GIVEN = frozenset(_GIVEN.split())
"""Given names that are common in England, and no ordinary words at the start of a sentence."""

_SENTENCE = """
    a about above according across after again against all almost alone along already also
    although always am an and another any anyone anything apart apparently are around as aside at
    away back be because been before behind being below beside besides best between beyond both
    but by came can cannot clearly come comes could despite did do does done down due during each
    early either else enough etc even ever every everybody everyone everything except few finally
    first following for former found four from full further gave get gets give given gives go goes
    gone got had half has have having he hence her here hers herself high him himself his how
    however i if in indeed inside instead into is isn it its itself just kept knew know known last
    late later least left less let like little lost low made make makes many maybe me meanwhile
    met might mine more moreover most mother much must my near neither never nevertheless new next
    no nobody none nor not nothing now nowhere of off often on once one only onto or other others
    otherwise our ours out outside over own per perhaps please possibly put quite rang rather read
    really recently same saw say says second see seen sent several shall she should shown since
    six so some somebody someone something soon spoke still such ten than that the their theirs
    them then there thereafter therefore these they third this those though three through
    throughout thus till to today together told tomorrow too took toward towards two under unless
    unlike unlikely until up upon us use used usually very via was we well went were what whatever
    when whenever where whereas wherever whether which whichever while who whoever whole whom
    whose why with within without wrote yes yesterday yet you your yours
"""
_CALENDAR = """
    afternoon apr april aug august autumn bank christmas day days dec december diwali easter eid
    evening feb february fri friday hanukkah holiday holidays january jul july jun june mar march
    may mon monday month morning night nov november oct october quarter ramadan sat saturday sep
    sept september spring summer sun sunday term thu thur thurs thursday tue tues tuesday wed
    wednesday week weekend whitsun winter year
"""
_PEOPLE = """
    acting administrator adopter adopters adult adults adviser advisers advisor advocate advocates
    assistant aunt auntie aunty babies baby barrister boy boys brother brothers carer carers chair
    chairman chairs chief child children childrens childs clerk clinician cllr colleague
    colleagues commissioner commissioners constable consultant coordinator councillor counsel
    cousin cousins dad daddy dame daughter dc deputy di director directors doctor dr ds families
    family father fathers friend friends girl girls gran grandad grandfather grandmother
    grandparent grandparents granny guardian guardians head headteacher honour host independent
    inspector interim iro iros judge justice kc kids lady landlord lead leader leadership leads
    litem lord magistrate magistrates manager managers mayor member members midwife minister miss
    mothers mr mrs ms mum mummy mx nan nana nanny neighbour nephew niece nurse officer officers
    paediatrician parent parents partner pc people person persons practitioner practitioners
    principal prof professor provider providers psychiatrist psychologist qc recorder rev reverend
    reviewing secretary senior sergeant sgt sibling siblings sir sister sisters solicitor
    solicitors son staff superintendent supervisor teacher teachers teenager therapist tutor uncle
    visitor visitors worker workers youth youths
"""
_PEOPLES = """
    afghan african albanian arabic asian bangladeshi bengali british buddhist bulgarian caribbean
    catholic chinese dari english eritrean ethiopian european farsi french german ghanaian gypsy
    hindu indian iranian iraqi irish islamic jamaican jewish kurdish kurmanji muslim nigerian
    pakistani pashto persian polish portuguese protestant punjabi roman romani romanian russian
    scottish sikh somali sorani spanish sudanese syrian tigrinya traveller turkish ukrainian urdu
    vietnamese welsh
"""
_NAMED = """
    aspire barnardo barnardos bbc britain cafe catch childline coram dorset england essex facebook
    google hampshire hmp instagram internet ireland kingdom liquidlogic london microsoft minecraft
    mockingbird netflix nhs nspcc ofcom roblox samaritans scotland skype snapchat somerset spotify
    teams tiktok twitter wales whatsapp xbox youtube zoom
"""
_WORK = """
    absence abuse academic access account addendum address admin advice advocacy afro agencies
    agency agenda agree agreed aim aims alert alerts allocated annual answer appropriate approval
    approved article ask asked asylum attached attendance autism available awaiting background
    basis behaviour benefit benefits birth birthday black board body book books boundaries
    breakdown breaks brief budget build bullying buses business cafcass calendar call camhs care
    career careers carefully case cases category cc central challenge challenges change changes
    check checks childhood choice citizens civil co code commissioned commissioning complaint
    complaints compliance compliant concern concerned concerns conduct conference confidential
    confirm confirms consent consulted contact content contents contract control copied copy core
    corporate correspondence cost costs county criminal crisis current custody custom daily data
    date dates deadline dear debt deed defence delay delayed delays delivery demo detail details
    diagnosis difficulties digital disabled disagreed disclosure discussed dispute district
    domestic draft drift duty dyadic east eastern effect ehcp eight eighth electoral eleven
    eligible email emailed emergency enclosed enquiries enquiry entry escalate escalated
    escalating essential ethnic evidence exams excluded expert extended extra extremely fact facts
    failure faithfully feedback fifth file final finance financial finding findings five focus
    followed food forced form formal forms forum foster fostering framework funding funeral future
    fwd gaps general genital goals good great greater group groups guidance guide hair handbook
    handover happy harm health healthy hearing help helpline history hm homeless homework hope
    hopefully hotline hours housing human illness immediate impact important incident incidents
    income increased individual informed inherent initial injuries injury inquiry intensive
    interest interests interview issue issues item items job joint key kind kindly kinship
    language law learning leave leaving legal lego letter letterbox letters level levels liberty
    library licence life lifelong lifetime light line lines links liquid list live living local
    lodging logic looked lunch main mandatory matching material matter matters measures medical
    meeting meetings memo mentor mentoring message midday mind minds minute minutes missing mobile
    mocked model money monitoring move moves multi name named names need needs neglect newborn
    newington nice nine ninth north northern note noted notes notice number numbers offending
    offer ofsted online open opinion oral orders outcome outcomes outline outstanding overall
    overnight overview paediatric page panel paper papers paperwork parenting part parts passport
    pathway pattern pause peer pending pep period permanence permanency permanent phone physical
    place placed planned planning plans play pleased point points police policy poor post
    potential practice pre pregnancy premium present pressure previous primary principle
    principles prior private pro problem problems procedure procedures proceedings process profile
    program progress promised proof proposal proposed protocol proud psychological public pupil
    purpose query race radical raised rating re reason reasons received record recorded recording
    records recovery ref referral referrals reg regard regarding regards region regular rehab
    related relationship relationships relevant religion religious removal repeat reply report
    reports request requested requests required research residence residential resolved resource
    resources respite response responses rest result results return returned review reviews right
    rights ring risk risks role routine rule rules safe safeguarding safety sale scheduled score
    screening search secondary secure self semi send separate separated serious settled seven
    seventh sex sexual shared sharing short shortage side sign signs sincerely sixth skills sky
    sleep smoking social sorry south southern special specialist specific speech spent stable
    stage stages standard standards start state status statutory stay staying step steps stoke
    story strategic strategy strength strengths strong study subject substance suitable summary
    supervised support supported supporting system systemic systems table talking target targets
    task tasks team tell temporary tenth test testing text texts thanks theme themes therapeutic
    therapies theraplay thoughts threat threshold tier time timeline timeliness times timescale
    timescales timetable title tool tools topic total tracker tracking traffic training transfer
    transport travel trial truth twelve type unable unaccompanied undated underlying unfortunately
    unit united universal unknown unplanned unregistered unregulated update updated updates urgent
    user usual verbal victim victims violence virtual visit visiting visits voice volunteer
    vulnerable waiting wants warning welfare wellbeing west western white wish wishes work working
    written years zone
"""
ORDINARY = frozenset(
    f"{_SENTENCE} {_CALENDAR} {_PEOPLE} {_PEOPLES} {_NAMED} {_WORK}".split(),
)
"""Words that are in no name, though they may have a capital."""
ORDINARY_ENDS = (
    "tion", "tions", "sion", "sions", "ment", "ments", "ity", "ities", "tive", "tives", "onal",
    "onals", "ental", "ology", "therapy",
)  # fmt: skip
"""How words end that are ordinary as well."""

_BODIES = """
    academy act airport arena association avenue award barn bay beach bill borough bridge bungalow
    castle cathedral centre chambers charity church city class clinic close club college common
    company constabulary cottage council court crescent dale drive estate farm field fields forest
    foundation garden gardens gate grammar grange green grove guildhall hall hamlets hill hills
    home homes hospice hospital hotel house infants infirmary institute isle juniors keynes lake
    lane limited llp lodge lodgings ltd manor mansions market mews mill minster mosque mount
    museum nursery office offices order parish park parkway path pier plan playgroup plc prison
    prize programme project quay rectory rise river road row royal scheme school schools service
    services shire society square st station street surgery synagogue temple terrace theatre tower
    towers town trust university vale valley vicarage view views villa village villas wharf wood
    woods works yard
"""
BODIES = frozenset(_BODIES.split())
"""Words that make a place or a body of the capitalised words before them."""
