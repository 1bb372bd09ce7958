"""The author's desk in the chat: wizards of flows, tariffs, promo codes and texts, over the use cases of their rooms."""
