"""long jobs, whose progress and result can be looked at

Revision: 0053, after 0052.
"""

import sqlalchemy as sa
from alembic import op


revision = '0053'
down_revision = '0052'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
ASKED = sa.text('asked_by IS NOT NULL')


def upgrade() -> None:
    op.add_column('jobs', sa.Column('asked_by', ID, nullable=True))
    op.add_column('jobs', sa.Column('needs', sa.String(32), nullable=True))
    op.add_column('jobs', sa.Column('total', sa.Integer(), nullable=True))
    op.add_column('jobs', sa.Column('done', sa.Integer(), server_default='0', nullable=False))
    op.add_column('jobs', sa.Column('begun_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('jobs', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_jobs_asked', 'jobs', ['account_id', 'id'], sqlite_where=ASKED, postgresql_where=ASKED
    )
    op.create_table(
        'job_lines',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('job_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('cells', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_job_lines'),
        comment='lines of the files that long jobs make',
    )
    op.create_index('ix_job_lines_job', 'job_lines', ['job_id', 'id'])
    op.create_index('ix_job_lines_contact', 'job_lines', ['account_id', 'contact_id'])
    op.create_index('ix_job_lines_at', 'job_lines', ['at'])


def downgrade() -> None:
    op.drop_table('job_lines')
    op.drop_index('ix_jobs_asked', 'jobs')
    for name in ('ended_at', 'begun_at', 'done', 'total', 'needs', 'asked_by'):
        op.drop_column('jobs', name)
