-- The published schema of a ledger on PostgreSQL. {schema} is the ledger's name.
--
-- Who runs it owns everything in it, and should record nothing. Who works with the ledger is a login
-- with one or more of its roles; what a role may do is said at the end. The guards hold for everybody:
-- they stop accidents and whoever is not the owner; the owner can lift them, which is what the
-- signatures are for. A verifier compares what a database has with this.

CREATE SCHEMA "{schema}";
SET LOCAL search_path = pg_catalog, "{schema}", pg_temp;

CREATE TABLE "{schema}".event (
    position bigint PRIMARY KEY,
    stream text COLLATE "C" NOT NULL CHECK (strpos(stream, chr(10)) = 0),
    version bigint NOT NULL,
    topic text COLLATE "C" NOT NULL CHECK (strpos(topic, chr(10)) = 0),
    state bytea NOT NULL,
    leaf bytea NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (stream, version)
);
CREATE TABLE "{schema}".subtree (
    level bigint NOT NULL,
    nth bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, nth)
);
CREATE TABLE "{schema}".head (
    one bigint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL,
    note text COLLATE "C" NOT NULL
);
CREATE TABLE "{schema}".checkpoint (
    size bigint NOT NULL,
    note text COLLATE "C" NOT NULL,
    PRIMARY KEY (size, note)
);
CREATE TABLE "{schema}".vault (
    position bigint PRIMARY KEY,
    salt bytea NOT NULL,
    words bytea NOT NULL
);
CREATE TABLE "{schema}".vault_child (
    stream text COLLATE "C" PRIMARY KEY,
    child bytea NOT NULL
);

-- Planner statistics would keep samples of words outside the vault, and say which case number is
-- the most common.

ALTER TABLE "{schema}".vault ALTER COLUMN salt SET STATISTICS 0, ALTER COLUMN words SET STATISTICS 0;
ALTER TABLE "{schema}".vault_child ALTER COLUMN child SET STATISTICS 0;

-- Nothing is changed, and nothing but words is removed.

CREATE FUNCTION "{schema}".refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'footprint: % rows are never %', TG_TABLE_NAME,
        CASE TG_OP WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END USING ERRCODE = 'FP001';
END $$;

-- Whether the login owns the ledger: it may lift every guard, and lock or unlock the vault.

CREATE FUNCTION "{schema}".is_owner() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
    SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class WHERE oid = 'vault'::regclass
$$;

-- The leaf of an entry: the hash of its place, its topic and its bytes. It sets no path of its own, so
-- that it is no call: who asks for it has set one.

CREATE FUNCTION "{schema}".leaf_of(stream text, version bigint, topic text, state bytea)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00' || convert_to(concat_ws(chr(10), 'footprint/event/v1',
        stream, version, topic, ''), 'UTF8') || state)
$$;

-- An entry goes right behind the last one. Its position is not the writer's to say. The lock is held
-- until the transaction ends, so that nobody reads a tail that is about to grow.

CREATE FUNCTION "{schema}".place_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('footprint/{schema}', 0));
    -- The guards look at what was committed a moment ago.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'footprint: this transaction sees an older moment' USING ERRCODE = 'FP001';
    END IF;
    NEW.position := 1 + coalesce((SELECT max(position) FROM event), 0);
    RETURN NEW;
END $$;

-- An entry is what docs/format.md says: by the login itself, right behind the last of its stream, its
-- leaf the hash of its bytes. A redaction is by a keeper, of what another login asked for; what says
-- where the ledger is, what it lost and which key signs is by whoever signs, since nothing might be
-- recorded after it. Nothing is recorded where the ledger has left for another engine.

CREATE FUNCTION "{schema}".check_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    facts jsonb := convert_from(NEW.state, 'UTF8')::jsonb;
    asked jsonb;
    topics text[] := '{alert.raised, cafcass.recorded, challenge.raised, document.attached,
        entry.corrected, entry.redacted, impact.recorded, ledger.moved, ledger.opened,
        ledger.restored, note.added, party.told, policy.calendar-adopted, policy.ladder-adopted,
        policy.rules-adopted, policy.vocabulary-adopted, redaction.requested, report.issued,
        response.received, signer.changed, thread.alerted, thread.closed, thread.escalated,
        thread.filed, thread.handed-over, thread.reopened}';
BEGIN
    IF facts->>'actor' IS DISTINCT FROM session_user::text THEN
        RAISE EXCEPTION 'footprint: % cannot record as %', session_user, facts->>'actor'
            USING ERRCODE = 'FP002';
    END IF;
    IF octet_length(NEW.state) > 1000000
        OR convert_from(NEW.state, 'UTF8') IS NOT JSON OBJECT WITH UNIQUE KEYS
        OR NEW.topic <> ALL (topics)
        OR NEW.stream IS DISTINCT FROM (CASE
            WHEN NEW.topic ~ '^policy[.]' THEN 'policy'
            WHEN NEW.topic ~ '^(ledger|signer|report)[.]' THEN 'ledger'
            WHEN NEW.version > 1 THEN substring(NEW.stream FROM '^CH-[0-9]{7}$')
            ELSE 'CH-' || lpad((1 + coalesce((
                SELECT substr(max(stream), 4)::bigint FROM event
                WHERE stream >= 'CH-' AND stream < 'CH.'
            ), 0))::text, 7, '0') END)
    THEN
        RAISE EXCEPTION 'footprint: that is no entry of this ledger' USING ERRCODE = 'FP001';
    END IF;
    IF EXISTS (
        SELECT FROM event WHERE position = NEW.position - 1 AND topic = 'ledger.moved'
            AND convert_from(state, 'UTF8')::jsonb->>'engine' <> 'postgresql'
    ) THEN
        RAISE EXCEPTION 'footprint: this ledger goes on elsewhere' USING ERRCODE = 'FP003';
    END IF;
    IF NEW.version <> 1 + coalesce(
        (SELECT max(version) FROM event WHERE stream = NEW.stream), 0
    ) THEN
        RAISE EXCEPTION 'footprint: version % does not go behind the last of %', NEW.version,
            NEW.stream USING ERRCODE = 'FP001';
    END IF;
    IF NEW.leaf <> leaf_of(NEW.stream, NEW.version, NEW.topic, NEW.state) THEN
        RAISE EXCEPTION 'footprint: that is not the leaf of this entry' USING ERRCODE = 'FP001';
    END IF;
    IF pg_has_role(session_user, '{schema}_keeper', 'MEMBER')
        AND NOT pg_has_role(session_user, '{schema}_recorder', 'MEMBER')
        AND NEW.topic NOT IN ('redaction.requested', 'entry.redacted')
    THEN
        RAISE EXCEPTION 'footprint: % may record redactions only', session_user
            USING ERRCODE = 'FP002';
    END IF;
    IF NEW.topic ~ '^(ledger|signer)[.]' AND NOT pg_has_role(session_user, '{schema}_signer', 'MEMBER')
    THEN
        RAISE EXCEPTION 'footprint: % does not sign, and may not record %', session_user, NEW.topic
            USING ERRCODE = 'FP002';
    END IF;
    IF NEW.topic = 'entry.redacted' THEN
        IF NOT pg_has_role(session_user, '{schema}_keeper', 'MEMBER') THEN
            RAISE EXCEPTION 'footprint: % is no keeper', session_user USING ERRCODE = 'FP002';
        END IF;
        SELECT convert_from(state, 'UTF8')::jsonb INTO asked FROM event
        WHERE position = (facts->>'requested')::bigint AND stream = NEW.stream
            AND topic = 'redaction.requested';
        IF asked IS NULL OR asked->>'actor' = session_user::text THEN
            RAISE EXCEPTION 'footprint: another login has to ask for a redaction'
                USING ERRCODE = 'FP002';
        END IF;
        IF EXISTS (
            SELECT FROM event WHERE stream = NEW.stream AND topic = 'entry.redacted'
                AND convert_from(state, 'UTF8')::jsonb->'requested' = facts->'requested'
        ) THEN
            RAISE EXCEPTION 'footprint: request % was approved already', facts->>'requested'
                USING ERRCODE = 'FP002';
        END IF;
        IF EXISTS (
            SELECT FROM jsonb_array_elements(facts->'positions') AS at WHERE NOT EXISTS (
                SELECT FROM event WHERE position = at::bigint AND stream = NEW.stream
            )
        ) THEN
            RAISE EXCEPTION 'footprint: a redaction is of entries that are in its thread'
                USING ERRCODE = 'FP002';
        END IF;
        -- What was asked for, and corrections of that; all of the thread, where nothing is named.
        IF asked->'positions' <> '[]' AND EXISTS (
            SELECT FROM jsonb_array_elements(facts->'positions') AS at
            WHERE NOT asked->'positions' @> at AND NOT EXISTS (
                SELECT FROM event WHERE position = at::bigint AND stream = NEW.stream
                    AND facts->'positions' @> (convert_from(state, 'UTF8')::jsonb->'corrects')
            )
        ) THEN
            RAISE EXCEPTION 'footprint: more than was asked for in entry %', facts->>'requested'
                USING ERRCODE = 'FP002';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- When it was recorded is the server's time, or that of the entry before it where the server's clock
-- was set back, and never one that is long over; in the published form, since 'now' is a time, too.

CREATE FUNCTION "{schema}".check_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    said text := convert_from(NEW.state, 'UTF8')::jsonb->>'recorded_at';
    before text := (
        SELECT convert_from(state, 'UTF8')::jsonb->>'recorded_at' FROM event
        ORDER BY position DESC LIMIT 1
    );
BEGIN
    IF said IS NULL OR said < before OR said::timestamptz < statement_timestamp() - interval '1 minute' OR (
        said IS DISTINCT FROM before
        AND (said::timestamptz > clock_timestamp() OR said
            <> to_char(said::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    ) THEN
        RAISE EXCEPTION 'footprint: it was not recorded at %', said USING ERRCODE = 'FP001';
    END IF;
    RETURN NEW;
END $$;

-- The root of a run is that of the hashes below it.

CREATE FUNCTION "{schema}".check_subtree() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    hashes bytea[];
    above bytea[];
BEGIN
    IF NEW.level = 1 THEN
        hashes := ARRAY(SELECT leaf FROM event
            WHERE position > NEW.nth * 256 AND position <= NEW.nth * 256 + 256 ORDER BY position);
    ELSE
        hashes := ARRAY(SELECT hash FROM subtree WHERE level = NEW.level - 1
            AND nth >= NEW.nth * 256 AND nth < NEW.nth * 256 + 256 ORDER BY nth);
    END IF;
    IF NEW.level < 1 OR NEW.nth < 0 OR cardinality(hashes) <> 256 THEN
        RAISE EXCEPTION 'footprint: that run is not complete' USING ERRCODE = 'FP001';
    END IF;
    WHILE cardinality(hashes) > 1 LOOP
        above := '{}';
        FOR pair IN 1 .. cardinality(hashes) BY 2 LOOP
            above := above || sha256('\x01' || hashes[pair] || hashes[pair + 1]);
        END LOOP;
        hashes := above;
    END LOOP;
    IF NEW.hash <> hashes[1] THEN
        RAISE EXCEPTION 'footprint: that is not the root of this run' USING ERRCODE = 'FP001';
    END IF;
    RETURN NEW;
END $$;

-- What completes a run brings its roots, in the same transaction.

CREATE FUNCTION "{schema}".check_runs() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    complete bigint := NEW.position;
    above bigint := 0;
BEGIN
    WHILE complete % 256 = 0 LOOP
        complete := complete / 256;
        above := above + 1;
        IF NOT EXISTS (SELECT FROM subtree WHERE level = above AND nth = complete - 1) THEN
            RAISE EXCEPTION 'footprint: entry % completes a run without its root', NEW.position
                USING ERRCODE = 'FP001';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Words are those that an entry is committed to (what is locked cannot be held against it here). All
-- are locked, or none: one row under no key would stop everybody else; the owner locks one by one. They
-- go when a redaction that stands beside it in the transaction, or before it, says so.

CREATE FUNCTION "{schema}".is_redacted(at bigint, of text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM event WHERE stream = of AND topic = 'entry.redacted'
            AND convert_from(state, 'UTF8')::jsonb->'positions' @> to_jsonb(at)
    )
$$;

CREATE FUNCTION "{schema}".check_words() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    entry event;
    said text;
    kept bytea;
BEGIN
    SELECT * INTO entry FROM event WHERE position = NEW.position;
    said := convert_from(entry.state, 'UTF8')::jsonb->>'words';
    -- What `is_redacted` looks for, behind the entry alone: others wait for the lock.
    IF said IS NULL OR current_setting('transaction_isolation') <> 'read committed' OR EXISTS (
        SELECT FROM event WHERE stream = entry.stream AND version > entry.version
            AND topic = 'entry.redacted'
            AND convert_from(state, 'UTF8')::jsonb->'positions' @> to_jsonb(NEW.position)
    ) THEN
        RAISE EXCEPTION 'footprint: entry % has no words', NEW.position USING ERRCODE = 'FP001';
    END IF;
    kept := (SELECT substr(words, 1, 1) FROM vault LIMIT 1);
    IF (kept = '\x00') <> (substr(NEW.words, 1, 1) = '\x00') AND NOT is_owner() THEN
        RAISE EXCEPTION 'footprint: all words are locked, or none' USING ERRCODE = 'FP001';
    END IF;
    IF substr(NEW.words, 1, 1) <> '\x00' AND said <> encode(sha256(convert_to(concat_ws(chr(10),
        'footprint/words/v1', entry.stream, entry.version, entry.topic, ''), 'UTF8')
        || NEW.salt || NEW.words), 'hex')
    THEN
        RAISE EXCEPTION 'footprint: those are not the words of entry %', NEW.position
            USING ERRCODE = 'FP001';
    END IF;
    RETURN NEW;
END $$;

-- The case number of a thread is the one that its words say, once all of them are there; where it is
-- locked, they are as well.

CREATE FUNCTION "{schema}".check_child() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    said bytea;
BEGIN
    IF substr(NEW.child, 1, 1) <> '\x00' THEN
        said := convert_to('"child":' || to_json(convert_from(NEW.child, 'UTF8'))::text, 'UTF8');
    END IF;
    IF NOT EXISTS (
        SELECT FROM event JOIN vault USING (position) WHERE stream = NEW.stream
            AND (substr(words, 1, 1) = '\x00' OR position(said IN words) > 0)
    ) THEN
        RAISE EXCEPTION 'footprint: that is not the case number of %', NEW.stream
            USING ERRCODE = 'FP001';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION "{schema}".check_words_gone() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
BEGIN
    IF is_owner() AND EXISTS (SELECT FROM vault WHERE position = OLD.position) OR is_redacted(
        OLD.position, (SELECT stream FROM event WHERE position = OLD.position)
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'footprint: no redaction removes the words of entry %', OLD.position
        USING ERRCODE = 'FP001';
END $$;

CREATE FUNCTION "{schema}".check_child_gone() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
BEGIN
    IF is_owner() AND EXISTS (SELECT FROM vault_child WHERE stream = OLD.stream) OR EXISTS (
        SELECT FROM event WHERE stream = OLD.stream AND topic = 'entry.redacted'
            AND convert_from(state, 'UTF8')::jsonb->'positions'
                @> (convert_from(state, 'UTF8')::jsonb->'requested')
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'footprint: no redaction removes the case number of %', OLD.stream
        USING ERRCODE = 'FP001';
END $$;

-- An entry with its words and the case number of a new thread, in one call: whoever waits for the lock
-- waits for fewer. Nothing can be done by it that could not be done by the inserts in it.

CREATE FUNCTION "{schema}".append(
    stream text, version bigint, topic text, state bytea, leaf bytea,
    salt bytea, words bytea, child bytea
) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    at bigint;
BEGIN
    INSERT INTO event (stream, version, topic, state, leaf)
    VALUES (append.stream, append.version, append.topic, append.state, append.leaf)
    RETURNING position INTO at;
    IF append.salt IS NOT NULL THEN
        INSERT INTO vault VALUES (at, append.salt, append.words);
    END IF;
    IF append.child IS NOT NULL THEN
        INSERT INTO vault_child VALUES (append.stream, append.child);
    END IF;
END $$;

-- The same for what was decided before anybody had to wait for it: on the policy whose last leaf is
-- given, and for words that begin as `key` does, or under no key. Where that is over, or the clock ran
-- back behind the time it was decided at, it is refused. When it was recorded goes into its bytes here,
-- from byte `at` on, since others may have recorded meanwhile: a time that is elsewhere, or is none, the
-- guards refuse. Nothing can be done by this either that could not be done by the inserts.

CREATE FUNCTION "{schema}".append_decided(
    stream text, version bigint, topic text, state bytea, at bigint,
    salt bytea, words bytea, policy bytea, key bytea
) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, "{schema}", pg_temp AS $$
DECLARE
    now bytea;
    stamped bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('footprint/{schema}', 0));
    now := convert_to(
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8'
    );
    IF now < substr(append_decided.state, append_decided.at::integer, length(now))
        OR append_decided.policy IS DISTINCT FROM (
            SELECT e.leaf FROM event AS e WHERE e.stream = 'policy' ORDER BY e.version DESC LIMIT 1
        )
        OR append_decided.key IS DISTINCT FROM (
            SELECT CASE WHEN substr(v.words, 1, 1) = '\x00'
                THEN substr(v.words, 1, greatest(length(append_decided.key), 1)) ELSE '' END
            FROM vault AS v ORDER BY v.position DESC LIMIT 1
        )
    THEN
        RAISE EXCEPTION 'footprint: somebody was quicker' USING ERRCODE = 'FP001';
    END IF;
    stamped := overlay(append_decided.state PLACING now FROM append_decided.at::integer);
    PERFORM append(append_decided.stream, append_decided.version, append_decided.topic, stamped,
        leaf_of(append_decided.stream, append_decided.version, append_decided.topic, stamped),
        append_decided.salt, append_decided.words, NULL);
END $$;

-- The guards. Those of one table run in the order of their names.

CREATE TRIGGER event_no_update BEFORE UPDATE ON "{schema}".event
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER event_no_delete BEFORE DELETE ON "{schema}".event
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON "{schema}".event
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER subtree_no_update BEFORE UPDATE ON "{schema}".subtree
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER subtree_no_delete BEFORE DELETE ON "{schema}".subtree
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER subtree_no_truncate BEFORE TRUNCATE ON "{schema}".subtree
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON "{schema}".checkpoint
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON "{schema}".checkpoint
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON "{schema}".checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER head_no_delete BEFORE DELETE ON "{schema}".head
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER head_no_truncate BEFORE TRUNCATE ON "{schema}".head
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER vault_no_update BEFORE UPDATE ON "{schema}".vault
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER vault_no_truncate BEFORE TRUNCATE ON "{schema}".vault
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER vault_child_no_update BEFORE UPDATE ON "{schema}".vault_child
    FOR EACH ROW EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER vault_child_no_truncate BEFORE TRUNCATE ON "{schema}".vault_child
    FOR EACH STATEMENT EXECUTE FUNCTION "{schema}".refuse();
CREATE TRIGGER event_1_place BEFORE INSERT ON "{schema}".event
    FOR EACH ROW EXECUTE FUNCTION "{schema}".place_event();
CREATE TRIGGER event_2_check BEFORE INSERT ON "{schema}".event
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_event();
CREATE TRIGGER event_3_time BEFORE INSERT ON "{schema}".event
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_time();
CREATE TRIGGER subtree_check BEFORE INSERT ON "{schema}".subtree
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_subtree();
CREATE TRIGGER vault_check BEFORE INSERT ON "{schema}".vault
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_words();
CREATE CONSTRAINT TRIGGER vault_child_check AFTER INSERT ON "{schema}".vault_child DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_child();
CREATE CONSTRAINT TRIGGER event_4_runs AFTER INSERT ON "{schema}".event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.position % 256 = 0) EXECUTE FUNCTION "{schema}".check_runs();
CREATE CONSTRAINT TRIGGER vault_gone AFTER DELETE ON "{schema}".vault DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_words_gone();
CREATE CONSTRAINT TRIGGER vault_child_gone AFTER DELETE ON "{schema}".vault_child DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION "{schema}".check_child_gone();

ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_no_update;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_no_delete;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_no_truncate;
ALTER TABLE "{schema}".subtree ENABLE ALWAYS TRIGGER subtree_no_update;
ALTER TABLE "{schema}".subtree ENABLE ALWAYS TRIGGER subtree_no_delete;
ALTER TABLE "{schema}".subtree ENABLE ALWAYS TRIGGER subtree_no_truncate;
ALTER TABLE "{schema}".checkpoint ENABLE ALWAYS TRIGGER checkpoint_no_update;
ALTER TABLE "{schema}".checkpoint ENABLE ALWAYS TRIGGER checkpoint_no_delete;
ALTER TABLE "{schema}".checkpoint ENABLE ALWAYS TRIGGER checkpoint_no_truncate;
ALTER TABLE "{schema}".head ENABLE ALWAYS TRIGGER head_no_delete;
ALTER TABLE "{schema}".head ENABLE ALWAYS TRIGGER head_no_truncate;
ALTER TABLE "{schema}".vault ENABLE ALWAYS TRIGGER vault_no_update;
ALTER TABLE "{schema}".vault ENABLE ALWAYS TRIGGER vault_no_truncate;
ALTER TABLE "{schema}".vault_child ENABLE ALWAYS TRIGGER vault_child_no_update;
ALTER TABLE "{schema}".vault_child ENABLE ALWAYS TRIGGER vault_child_no_truncate;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_1_place;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_2_check;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_3_time;
ALTER TABLE "{schema}".subtree ENABLE ALWAYS TRIGGER subtree_check;
ALTER TABLE "{schema}".vault ENABLE ALWAYS TRIGGER vault_check;
ALTER TABLE "{schema}".vault_child ENABLE ALWAYS TRIGGER vault_child_check;
ALTER TABLE "{schema}".event ENABLE ALWAYS TRIGGER event_4_runs;
ALTER TABLE "{schema}".vault ENABLE ALWAYS TRIGGER vault_gone;
ALTER TABLE "{schema}".vault_child ENABLE ALWAYS TRIGGER vault_child_gone;

-- The views are in a schema of their own. They hold no words, and can be emptied at any moment.

CREATE SCHEMA "{schema}_views";
CREATE TABLE "{schema}_views".thread (
    ref text COLLATE "C" PRIMARY KEY,
    state text NOT NULL,
    rests_from text COLLATE "C" NOT NULL
);
CREATE INDEX thread_rests ON "{schema}_views".thread (rests_from);
CREATE TABLE "{schema}_views".place (
    one bigint PRIMARY KEY CHECK (one = 1),
    origin text NOT NULL,
    folded_by bigint NOT NULL,
    position bigint NOT NULL,
    leaf bytea NOT NULL
);

-- Who may do what. A recorder appends as itself; a manager reads, and opens words; an auditor has no
-- words; a signer signs what is there; a keeper removes words, of what another login asked for.

REVOKE ALL ON SCHEMA "{schema}", "{schema}_views" FROM PUBLIC;
GRANT USAGE ON SCHEMA "{schema}"
    TO "{schema}_recorder", "{schema}_manager", "{schema}_auditor", "{schema}_signer", "{schema}_keeper";
GRANT SELECT ON "{schema}".event, "{schema}".subtree, "{schema}".head, "{schema}".checkpoint
    TO "{schema}_recorder", "{schema}_manager", "{schema}_auditor", "{schema}_signer", "{schema}_keeper";
GRANT SELECT ON "{schema}".vault, "{schema}".vault_child
    TO "{schema}_recorder", "{schema}_manager", "{schema}_keeper";
GRANT INSERT (stream, version, topic, state, leaf) ON "{schema}".event
    TO "{schema}_recorder", "{schema}_keeper";
GRANT INSERT ON "{schema}".subtree, "{schema}".vault, "{schema}".vault_child
    TO "{schema}_recorder", "{schema}_keeper";
GRANT DELETE ON "{schema}".vault, "{schema}".vault_child TO "{schema}_keeper";
-- VACUUM FULL, after which deleted words are in no file of the tables; before 17, for the owner alone.
DO $$ BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN
        GRANT MAINTAIN ON "{schema}".vault, "{schema}".vault_child TO "{schema}_keeper";
    END IF;
END $$;
GRANT INSERT, UPDATE ON "{schema}".head TO "{schema}_signer";
GRANT INSERT ON "{schema}".checkpoint TO "{schema}_signer";
GRANT USAGE ON SCHEMA "{schema}_views"
    TO "{schema}_recorder", "{schema}_manager", "{schema}_keeper";
GRANT SELECT, INSERT, DELETE ON "{schema}_views".thread, "{schema}_views".place
    TO "{schema}_recorder", "{schema}_manager", "{schema}_keeper";
