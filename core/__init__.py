"""The core: domain, database, HTTP API, staff console and bank webhooks of Cổng Trường.

Slices (students, guardians, fees …) stand side by side in one declared order; `docs/ARCHITECTURE` and the
import contracts in `.importlinter` say who may import whom.
"""
