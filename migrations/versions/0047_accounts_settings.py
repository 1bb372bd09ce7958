"""what an account sets for itself has a revision, and several bots of a kind work for it

Revision: 0047, after 0046.
"""

import sqlalchemy as sa
from alembic import op


revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('bots', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_default', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('ended', sa.String(16), nullable=True))
        batch_op.add_column(sa.Column('trouble', sa.String(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('bots', schema=None) as batch_op:
        batch_op.drop_column('trouble')
        batch_op.drop_column('ended')
        batch_op.drop_column('is_default')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('revision')
