"""languages people choose, and since when a zone is asked for

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contacts', sa.Column('language_is_chosen', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('contacts', sa.Column('zone_asked_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('contacts', 'zone_asked_at')
    op.drop_column('contacts', 'language_is_chosen')
