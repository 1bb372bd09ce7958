"""prices in Telegram Stars

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('tariffs', sa.Column('stars', sa.Integer(), nullable=True))
    op.add_column('orders', sa.Column('stars', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('orders', 'stars')
    op.drop_column('tariffs', 'stars')
