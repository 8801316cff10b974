"""How one thread is told: in sentences, as a picture, for the child's file, and to the child."""
