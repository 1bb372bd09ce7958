"""scenarios: the default one of a bot, deleted ones

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('deployments', sa.Column('is_default', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('deployments', sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('deployments', 'deleted_at')
    op.drop_column('deployments', 'is_default')
