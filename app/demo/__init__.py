"""`tandem demo`: a local Telegram, the sample course, both bots, people with a week behind them, and a tour."""
