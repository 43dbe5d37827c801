"""Pictures of whoever stands before the kiosk: a real camera, a replay of files, an emulated scene."""
