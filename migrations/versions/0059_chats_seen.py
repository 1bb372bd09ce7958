"""who was seen lately, found among a million

Revision: 0059, after 0058.
"""

from alembic import op


revision = '0059'
down_revision = '0058'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_chats_seen', 'chats', ['account_id', 'seen_at', 'contact_id'])


def downgrade() -> None:
    op.drop_index('ix_chats_seen', 'chats')
