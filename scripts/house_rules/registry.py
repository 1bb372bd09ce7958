"""All house rules. A new one is a small function that yields hits, and one line here."""

from scripts.house_rules import accounts, commands, habits, sizes, sql, tables, tree, words
from scripts.house_rules.house import Rule

RULES = (
    Rule("sql-in-stores", sql.check_sql_in_stores),
    Rule("commit-in-session", sql.check_commit_in_session),
    Rule("account-scope", accounts.check_account_scope),
    Rule("account-column", accounts.check_account_column),
    Rule("first-account", accounts.check_first_account),
    Rule("own-tables", tables.check_own_tables),
    Rule("function-size", sizes.check_function_size),
    Rule("file-size", sizes.check_file_size),
    Rule("handler-size", sizes.check_handler_size),
    Rule("folder-figures", sizes.check_folder_figures),
    Rule("known-folders", tree.check_known_folders),
    Rule("known-rooms", tree.check_known_rooms),
    Rule("room-size", tree.check_room_size),
    Rule("listed-packages", tree.check_listed_packages),
    Rule("module-names", tree.check_module_names),
    Rule("class-names", tree.check_class_names),
    Rule("loop-edge", habits.check_loop_edges),
    Rule("wall-clock", habits.check_wall_clock),
    Rule("process-clock", habits.check_process_clock),
    Rule("no-print", habits.check_no_print),
    Rule("press-kinds", habits.check_press_kinds),
    Rule("telling-names", habits.check_telling_names),
    Rule("module-docstring", habits.check_module_docstring),
    Rule("admin-commands", commands.check_admin_commands),
    Rule("forbidden-words", words.check_words),
    Rule("docs-pronouns", words.check_pronouns),
)
