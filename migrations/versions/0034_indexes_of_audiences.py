"""indexes by which an audience is counted

Revision: 0034, after 0033.
"""

from alembic import op


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

NEW = {
    'ix_contacts_facts': ('contacts', ['account_id', 'language', 'mailing', 'created_at', 'zone', 'id']),
    'ix_variables_named': ('variables', ['account_id', 'name', 'contact_id']),
    'ix_tags_named': ('tags', ['account_id', 'name', 'contact_id']),
    'ix_segment_members_segment': ('segment_members', ['segment_id', 'contact_id']),
    'ix_orders_paid': ('orders', ['account_id', 'status', 'contact_id']),
}


def upgrade() -> None:
    for name, (table, columns) in NEW.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in NEW.items():
        op.drop_index(name, table)
