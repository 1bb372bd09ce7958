"""links by which somebody becomes a member

Revision: 0052, after 0051.
"""

import sqlalchemy as sa
from alembic import op


revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'invitations',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('role', sa.String(16), nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('used_by', ID, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_invitations'),
        sa.UniqueConstraint('token_hash', name='uq_invitations_token_hash'),
        comment='links by which somebody becomes a member once',
    )


def downgrade() -> None:
    op.drop_table('invitations')
