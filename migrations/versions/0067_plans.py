"""plans of accounts, and which one each is on

Revision: 0067, after 0066.
"""

import sqlalchemy as sa
from alembic import op

from core.db.types import Id, UtcDateTime


revision = '0067'
down_revision = '0066'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'plans',
        sa.Column('id', Id, autoincrement=True, nullable=False),
        sa.Column('account_id', Id, nullable=False),
        sa.Column('code', sa.String(length=24), nullable=False),
        sa.Column('name', sa.JSON(), nullable=False),
        sa.Column('limits', sa.JSON(), nullable=False),
        sa.Column('tariff', sa.String(length=24), nullable=True),
        sa.Column('trial_days', sa.Integer(), server_default='0', nullable=False),
        sa.Column('is_first', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('is_offered', sa.Boolean(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plans')),
        sa.UniqueConstraint('account_id', 'code', name=op.f('uq_plans_account_id_code')),
        comment='what accounts may use, and for what price',
    )
    op.create_table(
        'account_plans',
        sa.Column('id', Id, autoincrement=True, nullable=False),
        sa.Column('account_id', Id, nullable=False),
        sa.Column('code', sa.String(length=24), nullable=False),
        sa.Column('chosen', sa.String(length=24), nullable=True),
        sa.Column('payer_id', Id, nullable=True),
        sa.Column('chosen_by', Id, nullable=True),
        sa.Column('free_until', UtcDateTime(), nullable=True),
        sa.Column('suspended_at', UtcDateTime(), nullable=True),
        sa.Column('reason', sa.String(length=300), nullable=True),
        sa.Column('told', sa.JSON(), server_default='{}', nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account_plans')),
        sa.UniqueConstraint('account_id', name=op.f('uq_account_plans_account_id')),
        comment='the plan an account is on; none: it has no limits',
    )
    op.create_index('ix_account_plans_payer', 'account_plans', ['payer_id'])


def downgrade() -> None:
    op.drop_table('account_plans')
    op.drop_table('plans')
