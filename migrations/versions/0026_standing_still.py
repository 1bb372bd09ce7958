"""how long the time of a subscription has stood still

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    stood = sa.Column('frozen_seconds', sa.Integer(), server_default='0', nullable=False)
    op.add_column('subscriptions', stood)


def downgrade() -> None:
    op.drop_column('subscriptions', 'frozen_seconds')
