"""talks with operators, outreaches, members, notes, bot values, button sets, reminders

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('chats', sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('contacts', sa.Column('reminder_days', sa.SmallInteger(), nullable=True))
    op.add_column('contacts', sa.Column('reminder_hours', sa.String(length=11), nullable=True))
    op.add_column('contacts', sa.Column('reminder_tone', sa.String(length=8), nullable=True))
    op.add_column('broadcasts', sa.Column('name', sa.String(length=200), nullable=True))
    op.add_column('broadcasts', sa.Column('conditions', sa.JSON(none_as_null=True), nullable=True))
    op.create_table('bot_values',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bot_values')),
    sa.UniqueConstraint('bot_id', 'name', name=op.f('uq_bot_values_bot_id_name'))
    )
    op.create_table('button_sets',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_button_sets')),
    sa.UniqueConstraint('account_id', 'name', name=op.f('uq_button_sets_account_id_name'))
    )
    op.create_table('members',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('telegram_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members')),
    sa.UniqueConstraint('account_id', 'telegram_id', 'role', name=op.f('uq_members_account_id_telegram_id_role'))
    )
    op.create_table('outreaches',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('flow_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outreaches')),
    sa.UniqueConstraint('account_id', 'flow_id', 'digest', name=op.f('uq_outreaches_account_id_flow_id_digest'))
    )
    op.create_table('handoffs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('visit', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('tried', sa.JSON(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('had_talk', sa.Boolean(), nullable=False),
    sa.Column('ring_seconds', sa.Float(), nullable=False),
    sa.Column('silence_seconds', sa.Float(), nullable=False),
    sa.Column('idle_seconds', sa.Float(), nullable=False),
    sa.Column('last_from', sa.String(length=8), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('connected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_handoffs_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs'))
    )
    op.create_index(op.f('ix_handoffs_contact_id'), 'handoffs', ['contact_id'], unique=False)
    op.create_index('ix_handoffs_operator', 'handoffs', ['account_id', 'operator_id', 'id'], unique=False)
    op.create_index('uq_handoffs_engaged', 'handoffs', ['account_id', 'operator_id'], unique=True, sqlite_where=sa.text("status IN ('ringing', 'talking') AND operator_id IS NOT NULL"), postgresql_where=sa.text("status IN ('ringing', 'talking') AND operator_id IS NOT NULL"))
    op.create_index('uq_handoffs_open', 'handoffs', ['bot_id', 'contact_id'], unique=True, sqlite_where=sa.text("status IN ('ringing', 'talking')"), postgresql_where=sa.text("status IN ('ringing', 'talking')"))
    op.create_table('notes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_notes_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes'))
    )
    op.create_index(op.f('ix_notes_contact_id'), 'notes', ['contact_id'], unique=False)
    op.create_table('outreach_people',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outreach_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('given', sa.String(length=64), nullable=False),
    sa.Column('contact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('result', sa.String(length=32), nullable=True),
    sa.Column('result_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['outreach_id'], ['outreaches.id'], name=op.f('fk_outreach_people_outreach_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outreach_people')),
    sa.UniqueConstraint('outreach_id', 'position', name=op.f('uq_outreach_people_outreach_id_position')),
    sa.UniqueConstraint('run_id', name=op.f('uq_outreach_people_run_id'))
    )
    op.create_table('handoff_messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('handoff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('side', sa.String(length=8), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('to_chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('to_message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('edited', sa.JSON(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handoff_id'], ['handoffs.id'], name=op.f('fk_handoff_messages_handoff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff_messages')),
    sa.UniqueConstraint('handoff_id', 'chat_id', 'message_id', name=op.f('uq_handoff_messages_handoff_id_chat_id_message_id'))
    )


def downgrade() -> None:
    op.drop_column('chats', 'seen_at')
    op.drop_column('contacts', 'reminder_tone')
    op.drop_column('contacts', 'reminder_hours')
    op.drop_column('contacts', 'reminder_days')
    op.drop_table('button_sets')
    op.drop_table('bot_values')
    op.drop_column('broadcasts', 'conditions')
    op.drop_column('broadcasts', 'name')
    op.drop_table('handoff_messages')
    op.drop_table('outreach_people')
    op.drop_index(op.f('ix_notes_contact_id'), table_name='notes')
    op.drop_table('notes')
    op.drop_index('uq_handoffs_open', table_name='handoffs', sqlite_where=sa.text("status IN ('ringing', 'talking')"), postgresql_where=sa.text("status IN ('ringing', 'talking')"))
    op.drop_index('uq_handoffs_engaged', table_name='handoffs', sqlite_where=sa.text("status IN ('ringing', 'talking') AND operator_id IS NOT NULL"), postgresql_where=sa.text("status IN ('ringing', 'talking') AND operator_id IS NOT NULL"))
    op.drop_index('ix_handoffs_operator', table_name='handoffs')
    op.drop_index(op.f('ix_handoffs_contact_id'), table_name='handoffs')
    op.drop_table('handoffs')
    op.drop_table('outreaches')
    op.drop_table('members')
