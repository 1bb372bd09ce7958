"""the chats of a bot stand in an index in the order in which they are put in line

Revision: 0035, after 0034.
"""

from alembic import op


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

NAME = 'ix_chats_bot_state'


def upgrade() -> None:
    _index_anew(['bot_id', 'state', 'id'])


def downgrade() -> None:
    _index_anew(['bot_id', 'state'])


def _index_anew(columns: list[str]) -> None:
    op.drop_index(NAME, table_name='chats')
    op.create_index(NAME, 'chats', columns)
