"""tariffs that were changed or stopped by a command: the content that is shipped leaves them alone

Revision: 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tariffs', sa.Column('is_own', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('tariffs', 'is_own')
