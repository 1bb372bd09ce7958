"""outgoing calls have a priority, named so

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'pending' AND broadcast_id IS NULL")


def upgrade() -> None:
    _rename('class', 'klass', 'priority', 'priority')


def downgrade() -> None:
    _rename('priority', 'priority', 'class', 'klass')


def _rename(old_index: str, old: str, new_index: str, new: str) -> None:
    op.drop_index(f'ix_outbox_{old_index}', 'outbox')
    op.execute(f'ALTER TABLE outbox RENAME COLUMN {old} TO {new}')
    op.create_index(
        f'ix_outbox_{new_index}', 'outbox', ['bot_id', new, 'id'], sqlite_where=WAITING, postgresql_where=WAITING
    )
