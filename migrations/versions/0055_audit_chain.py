"""the record of deeds as a chain, which the database itself lets nobody change

Revision: 0055, after 0054.
"""

import sqlalchemy as sa
from alembic import op


revision = '0055'
down_revision = '0054'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
SAID = 'the record of deeds is never changed'


def upgrade() -> None:
    op.add_column('audit_log', sa.Column('number', sa.Integer(), nullable=True))
    op.add_column('audit_log', sa.Column('code', sa.String(44), nullable=True))
    op.create_index('ix_audit_log_number', 'audit_log', ['account_id', 'number'], unique=True)
    op.create_table(
        'audit_heads',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('key_sealed', sa.String(600), nullable=False),
        sa.Column('older', sa.Integer(), nullable=False),
        sa.Column('origin', sa.String(44), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(44), nullable=False),
        sa.Column('seal', sa.String(44), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_audit_heads'),
        sa.UniqueConstraint('account_id', name='uq_audit_heads_account_id'),
        comment='where the record of deeds ends',
    )
    if op.get_bind().dialect.name == 'sqlite':
        for what in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER audit_log_no_{what.lower()} BEFORE {what} ON audit_log "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        return
    op.execute(
        'CREATE FUNCTION audit_log_stays() RETURNS trigger LANGUAGE plpgsql AS '
        f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
    )
    op.execute(
        'CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit_log_stays()'
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for what in ('update', 'delete'):
            op.execute(f'DROP TRIGGER audit_log_no_{what}')
    else:
        op.execute('DROP TRIGGER audit_log_stays ON audit_log')
        op.execute('DROP FUNCTION audit_log_stays()')
    op.drop_table('audit_heads')
    op.drop_index('ix_audit_log_number', 'audit_log')
    op.drop_column('audit_log', 'code')
    op.drop_column('audit_log', 'number')
