"""what payment providers tell by themselves

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('payments', sa.Column('made_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'provider_events',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('provider', sa.String(32), nullable=False),
        sa.Column('key', sa.String(200), nullable=False),
        sa.Column('external_id', sa.String(128), nullable=False),
        sa.Column('event', sa.String(64), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=True),
        sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_provider_events'),
        sa.UniqueConstraint('account_id', 'provider', 'key', name='uq_provider_events_account_id_provider_key'),
    )


def downgrade() -> None:
    op.drop_table('provider_events')
    op.drop_column('payments', 'made_at')
