"""The house rules as checks over the syntax trees of the repository; `registry.py` lists them."""
