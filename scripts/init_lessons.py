"""Load the sample course, tariffs and scenario: `python -m scripts.init_lessons`, the same as `tandem init`."""

from app.cli.main import main

if __name__ == "__main__":
    main(["init"])
