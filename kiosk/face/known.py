"""The faces that the school enrolled with consent, as the roster brought them: to compare with one, or to search.

It decodes and indexes; thresholds are `match`'s. Templates of another model are passed over: those pupils are
enrolled again (`Enrolments.outdated` in the core names them).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from uuid import UUID

import numpy as np

from core.contracts.faces import FaceTemplates
from kiosk.face.embed import Template, average, unit
from kiosk.face.match import Gallery, ThresholdTable
from kiosk.session.values import Subject
from kiosk.uplink.roster import KnownRoster

_MOST_OF_COHORT = 800
"""People whose pairs are counted: three pictures each make 2.9 million, in a quarter of a second."""


def coded(templates: Sequence[Template]) -> FaceTemplates:
    """Templates as they travel: 16-bit floats in base64, of one model."""
    return FaceTemplates(
        model_id=templates[0].model_id,
        vectors=tuple(
            base64.b64encode(one.vector.astype("<f2").tobytes()).decode("ascii") for one in templates
        ),
    )


def decoded(templates: FaceTemplates) -> tuple[Template, ...]:
    """Templates as they are compared: unit vectors again."""
    return tuple(
        Template(
            templates.model_id,
            unit(np.frombuffer(base64.b64decode(one), np.dtype("<f2")).astype(np.float32)),
        )
        for one in templates.vectors
    )


class KnownFaces:
    """The enrolled faces of a roster under one model (khuôn mặt đã ghi danh)."""

    def __init__(self, roster: KnownRoster, model_id: str) -> None:
        """Decode them once."""
        self._roster = roster
        self._faces = {
            pupil.student_id: decoded(pupil.faces)
            for pupil in roster.roster.pupils
            if pupil.faces is not None and pupil.faces.model_id == model_id
        }
        self.gallery = Gallery({str(one): faces for one, faces in self._faces.items()}, model_id)

    def reference(self, subject: Subject) -> Template | None:
        """The enrolled face of whom the card names; None when there is none."""
        if subject.citizen_id is None:
            return None
        pupil = self._roster.by_number(subject.citizen_id)
        faces = self._faces.get(pupil.student_id) if pupil else None
        return average(faces) if faces else None

    def table(self, table: ThresholdTable) -> ThresholdTable:
        """The thresholds for these people: normalised on the school's own cohort."""
        return table.for_cohort(list(self._faces.values())[:_MOST_OF_COHORT])

    def has(self, student_id: UUID) -> bool:
        """Whether this pupil's face is enrolled under this model."""
        return student_id in self._faces
