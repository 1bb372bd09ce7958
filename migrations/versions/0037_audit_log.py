"""the record of what members did, and under which name a member was added

Revision: 0037, after 0036.
"""

import sqlalchemy as sa
from alembic import op


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'audit_log',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', ID, nullable=False),
        sa.Column('act', sa.String(64), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('contact_id', ID, nullable=True),
        sa.Column('before', sa.Text(), nullable=True),
        sa.Column('after', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_audit_log'),
        comment='what members did',
    )
    op.create_index('ix_audit_log_account', 'audit_log', ['account_id', 'id'])
    op.create_index('ix_audit_log_contact', 'audit_log', ['account_id', 'contact_id', 'id'])
    op.add_column('members', sa.Column('name', sa.String(256), nullable=True))


def downgrade() -> None:
    op.drop_column('members', 'name')
    op.drop_table('audit_log')
