"""what waits for people who are gone

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

AWAY = sa.text("state = 'away'")


def upgrade() -> None:
    op.create_index('ix_outbox_away', 'outbox', ['bot_id', 'chat_id'], unique=False, sqlite_where=AWAY, postgresql_where=AWAY)


def downgrade() -> None:
    op.drop_index('ix_outbox_away', table_name='outbox', sqlite_where=AWAY, postgresql_where=AWAY)
