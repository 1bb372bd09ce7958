"""what authors say to each other about the steps of a flow

Revision: 0062, after 0061.
"""

import sqlalchemy as sa
from alembic import op


revision = '0062'
down_revision = '0061'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'step_comments',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('flow_id', ID, nullable=False),
        sa.Column('step', sa.String(length=64), nullable=True),
        sa.Column('author_id', ID, nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('resolved_by', ID, nullable=True),
        sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['flow_id'], ['flows.id'], name='fk_step_comments_flow_id_flows'),
        sa.PrimaryKeyConstraint('id', name='pk_step_comments'),
        comment='what authors say to each other about the steps of a flow',
    )
    op.create_index('ix_step_comments_flow_id', 'step_comments', ['flow_id'])


def downgrade() -> None:
    op.drop_table('step_comments')
