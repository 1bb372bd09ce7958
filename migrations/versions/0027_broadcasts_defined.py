"""a broadcast's whole definition, variants of it, recipients put in line piece by piece

Revision: 0027, after 0026.
"""

import json

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
BROADCASTS = sa.table(
    'broadcasts',
    sa.column('id', ID),
    sa.column('name', sa.String),
    sa.column('conditions', sa.JSON),
    sa.column('method', sa.String),
    sa.column('payload', sa.Text),
    sa.column('status', sa.String),
    sa.column('definition', sa.JSON),
)


def _define(row: sa.Row) -> dict[str, object] | None:
    """What a draft said, as a definition; what cannot be said so is to be written anew."""
    fields = json.loads(row.payload or '{}')
    definition: dict[str, object] = {'name': row.name or f'#{row.id}'}
    if row.conditions:
        definition['audience'] = {'all': row.conditions}
    if row.method == 'copyMessage':
        definition['original'] = {'from_chat_id': fields['from_chat_id'], 'message_ids': [fields['message_id']]}
        return definition
    text = fields.get('text') or fields.get('caption')
    words = text.get('c') if isinstance(text, dict) else {'*': text}
    return {**definition, 'text': words} if text and words else None


def upgrade() -> None:
    op.add_column('contacts', sa.Column('mailing', sa.String(8), nullable=True))
    op.add_column('contacts', sa.Column('mailing_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('outbox', sa.Column('variant', sa.SmallInteger(), nullable=False, server_default='0'))
    for column in (
        sa.Column('definition', sa.JSON(), nullable=True),
        sa.Column('variants', sa.Text(), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('filled_to', ID, nullable=False, server_default='0'),
        sa.Column('fill_until', ID, nullable=False, server_default='0'),
    ):
        op.add_column('broadcasts', column)
    bind = op.get_bind()
    for row in bind.execute(sa.select(BROADCASTS).where(BROADCASTS.c.status == 'draft')).all():
        bind.execute(sa.update(BROADCASTS).where(BROADCASTS.c.id == row.id).values(definition=_define(row)))
    op.drop_column('broadcasts', 'conditions')


def downgrade() -> None:
    op.add_column('broadcasts', sa.Column('conditions', sa.JSON(), nullable=True))
    for name in ('definition', 'variants', 'started_at', 'filled_to', 'fill_until'):
        op.drop_column('broadcasts', name)
    op.drop_column('outbox', 'variant')
    op.drop_column('contacts', 'mailing')
    op.drop_column('contacts', 'mailing_at')
