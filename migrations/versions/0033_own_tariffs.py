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
    # Of what is changed nobody knows by whom; what is stopped stays so, a start puts it on sale no more.
    op.execute(sa.text('UPDATE tariffs SET is_own = true WHERE NOT is_active'))


def downgrade() -> None:
    op.drop_column('tariffs', 'is_own')
