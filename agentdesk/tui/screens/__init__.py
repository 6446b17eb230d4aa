"""The full screens, by name: each is loaded when it is gone to."""

SCREENS = (
    ("search", "agentdesk.tui.screens.search:SearchScreen"),
    ("desk", "agentdesk.tui.screens.desk:DeskScreen"),
    ("settings", "agentdesk.tui.screens.settings:SettingsScreen"),
    ("knowledge", "agentdesk.tui.screens.knowledge:KnowledgeScreen"),
    ("snippets", "agentdesk.tui.screens.snippets:SnippetsScreen"),
    ("strokes", "agentdesk.tui.screens.strokes:StrokesScreen"),
    ("people", "agentdesk.tui.screens.people:PeopleScreen"),
    ("welcome", "agentdesk.tui.screens.welcome:WelcomeScreen"),
    ("customer", "agentdesk.tui.screens.customer:CustomerScreen"),
    ("macros", "agentdesk.tui.screens.macros:MacrosScreen"),
    ("macro_preview", "agentdesk.tui.screens.macro_preview:MacroPreview"),
    ("quarantine", "agentdesk.tui.screens.quarantine:QuarantineScreen"),
)
