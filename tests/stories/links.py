"""Start links as the commands print them."""

from tests.stories.school import School


def told(school: School, *words: str) -> str:
    """The last line a command prints."""
    done = school.command(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def payload_of(link: str) -> str:
    """What a link gives to Start."""
    return link.partition("?start=")[2]
