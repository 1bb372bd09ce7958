"""the tariff a subscription changes to with its next charge

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('subscriptions', sa.Column('next_tariff_id', ID, nullable=True))
    op.add_column('subscriptions', sa.Column('next_plan', sa.JSON(), nullable=True))
    op.add_column('subscriptions', sa.Column('next_price', sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ('next_price', 'next_plan', 'next_tariff_id'):
        op.drop_column('subscriptions', name)
