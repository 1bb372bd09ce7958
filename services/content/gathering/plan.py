"""The order of gathered posts as lessons, and what a press does to it: values only, no rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.content.importing.posts import Post, can_join, join_album, title_of


@dataclass(frozen=True, slots=True)
class Piece:
    """A gathered post: `joined` goes on with the lesson above, `same_day` begins no day of its own."""

    id: int
    post: Post
    album: str = ""
    joined: bool = False
    same_day: bool = False


Lesson = tuple[Piece, ...]
"""The pieces of one lesson, or of one question, in order."""


def split_lessons(pieces: Sequence[Piece]) -> list[Lesson]:
    """The pieces by lesson; a part of an album is never one alone."""
    lessons: list[list[Piece]] = []
    for piece in pieces:
        if lessons and (_is_album(lessons[-1][-1], piece) or _goes_on(lessons[-1], piece)):
            lessons[-1].append(piece)
        else:
            lessons.append([piece])
    return [tuple(lesson) for lesson in lessons]


def _is_album(before: Piece, piece: Piece) -> bool:
    return bool(piece.album) and piece.album == before.album


def _goes_on(lesson: Sequence[Piece], piece: Piece) -> bool:
    return piece.joined and piece.post.poll is None and lesson[-1].post.poll is None


def merge_posts(lesson: Lesson) -> Post:
    """One lesson as a post: albums whole, what was joined behind the first."""
    posts: list[Post] = []
    before: Piece | None = None
    for piece in lesson:
        kinds = [medium.kind for medium in posts[-1].media] if posts else []
        if (
            before
            and _is_album(before, piece)
            and piece.post.media
            and can_join(kinds, piece.post.media[0].kind)
        ):
            posts[-1] = join_album(posts[-1], piece.post)
        else:
            posts.append(piece.post)
        before = piece
    return replace(posts[0], more=tuple(posts[1:]))


def list_posts(pieces: Sequence[Piece]) -> list[Post]:
    """The posts of a course, each with its day."""
    day, posts = 0, []
    for lesson in split_lessons(pieces):
        post = merge_posts(lesson)
        if post.poll is None:
            day += not (lesson[0].same_day and day)
            post = replace(post, day=day)
        posts.append(post)
    return posts


def move(pieces: Sequence[Piece], place: int, by: int) -> list[Piece]:
    """A lesson earlier (-1) or later (+1)."""
    lessons = split_lessons(pieces)
    other = place + by
    if not (0 <= place < len(lessons) and 0 <= other < len(lessons)):
        return list(pieces)
    lessons[place], lessons[other] = lessons[other], lessons[place]
    return [piece for lesson in lessons for piece in lesson]


def change(pieces: Sequence[Piece], place: int, act: str) -> list[Piece]:
    """Join a lesson to the one above, take it apart, let it share the day above or not, or drop it."""
    lessons = split_lessons(pieces)
    if not 0 <= place < len(lessons):
        return list(pieces)
    lesson = lessons[place]
    match act:
        case "join" if place and lesson[0].post.poll is None:
            lessons[place] = (replace(lesson[0], joined=True), *lesson[1:])
        case "part":
            lessons[place] = tuple(replace(piece, joined=False) for piece in lesson)
        case "day":
            lessons[place] = (replace(lesson[0], same_day=not lesson[0].same_day), *lesson[1:])
        case "drop":
            lessons[place] = ()
    return [piece for lesson in lessons for piece in lesson]


def describe(lesson: Lesson) -> tuple[str, int, bool]:
    """A lesson's title, how many files it has, and whether it is a question."""
    post = merge_posts(lesson)
    files = sum(len(part.media) for part in (post, *post.more))
    return title_of(post), files, post.poll is not None
