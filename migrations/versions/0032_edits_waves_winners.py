"""edits and recalls of a broadcast; parts of it that leave at their own moments; the variant that wins

Revision: 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
PLANNED = sa.text("state = 'planned'")


def upgrade() -> None:
    op.add_column('broadcasts', sa.Column('kind', sa.String(8), server_default='send', nullable=False))
    op.add_column('broadcasts', sa.Column('of_id', ID, nullable=True))
    op.add_column('broadcasts', sa.Column('since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('broadcasts', sa.Column('gathered_to', ID, nullable=True))
    op.add_column('broadcasts', sa.Column('too_old', sa.Integer(), server_default='0', nullable=False))
    op.add_column('broadcasts', sa.Column('waves', sa.JSON(none_as_null=True), nullable=True))
    op.add_column('broadcasts', sa.Column('winner', sa.SmallInteger(), nullable=True))
    op.create_index('ix_broadcasts_of', 'broadcasts', ['of_id'])
    op.add_column('outbox', sa.Column('wave', sa.SmallInteger(), server_default='0', nullable=False))
    op.create_index(
        'ix_outbox_planned', 'outbox', ['broadcast_id', 'wave'], sqlite_where=PLANNED, postgresql_where=PLANNED
    )


def downgrade() -> None:
    op.drop_index('ix_outbox_planned', 'outbox')
    op.drop_column('outbox', 'wave')
    op.drop_index('ix_broadcasts_of', 'broadcasts')
    for name in ('winner', 'waves', 'too_old', 'gathered_to', 'since', 'of_id', 'kind'):
        op.drop_column('broadcasts', name)
