"""`tandem rehearse`: a made-up student walks a flow in a local Telegram, on a clock that jumps from one wait to the next."""
