"""What all tests share: Hypothesis without deadlines, since a busy machine is not a bug."""

from hypothesis import settings

settings.register_profile("footprint", deadline=None)
settings.load_profile("footprint")
