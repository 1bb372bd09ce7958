"""who was told to leave a group, and what keeps people from being put out wrongly

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('memberships', sa.Column('leaves_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'memberships', sa.Column('is_last_said', sa.Boolean(), server_default=sa.text('false'), nullable=False)
    )
    op.create_table(
        'removal_guards',
        sa.Column('id', ID, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen', sa.Integer(), nullable=False),
        sa.Column('alarm', sa.String(16), nullable=True),
        sa.Column('alarm_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('approved', sa.Integer(), nullable=False),
        sa.Column('is_off', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_removal_guards'),
        sa.UniqueConstraint('account_id', name='uq_removal_guards_account_id'),
    )


def downgrade() -> None:
    op.drop_table('removal_guards')
    op.drop_column('memberships', 'is_last_said')
    op.drop_column('memberships', 'leaves_at')
