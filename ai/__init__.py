"""Any OpenAI-compatible model: chat, words of a voice message, a voice for words."""
