"""which curator has which work or question before them, and at which step a question was asked

Revision: 0039, after 0038.
"""

import sqlalchemy as sa
from alembic import op


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('questions', sa.Column('step', sa.String(64), nullable=True))
    for table in ('submissions', 'questions'):
        op.add_column(table, sa.Column('claimed_by', ID, nullable=True))
        op.add_column(table, sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ('questions', 'submissions'):
        op.drop_column(table, 'claimed_until')
        op.drop_column(table, 'claimed_by')
    op.drop_column('questions', 'step')
