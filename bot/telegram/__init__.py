"""The Telegram channel; the only home of aiogram."""
