"""people the team has blocked

Revision: 0051, after 0050.
"""

import sqlalchemy as sa
from alembic import op


revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contacts', sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('contacts', 'blocked_at')
