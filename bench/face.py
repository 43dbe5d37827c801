"""One frame's whole pipeline on one core, and what each part of it costs."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from kiosk.face.cues import screen_cues
from kiosk.face.detect import Detector
from kiosk.face.embed import Embedder, Template, unit
from kiosk.face.engine import FaceEngine
from kiosk.face.landmarks import Landmarks
from kiosk.face.match import Gallery, ThresholdTable, Use
from kiosk.face.models import DETECTOR, LANDMARKS, RECOGNISER, ModelStore, default_models
from kiosk.face.picture import Picture, read

NAME = "face"
SUMMARY = "one frame: detect 480, align, embed, mesh, passive signals, search among 3,000"
ROUNDS = 40


def run() -> dict[str, object]:
    """Measure on a public development picture, or on noise around a drawn face where there is none."""
    cv2.setNumThreads(1)
    store = ModelStore(default_models())
    store.fetch()
    started = time.perf_counter()
    engine = FaceEngine.load(store)
    cold = time.perf_counter() - started
    picture = _picture()
    whole = _ms(lambda: engine.analyse(picture, mirror=False))
    computing = _ms(lambda: engine.analyse(picture, mirror=False), time.process_time)
    gallery, table = _gallery(engine.model_id), ThresholdTable.shipped()
    # Before the parts are loaded a second time to be measured alone.
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    detector, embedder = Detector(store.path(DETECTOR)), Embedder(store.path(RECOGNISER))
    landmarks = Landmarks(store.path(LANDMARKS))
    face = detector.find(picture)[0]
    probe = embedder.template(picture, face)
    parts = {
        "detect_480": _ms(lambda: detector.find(picture)),
        "align_and_embed": _ms(lambda: embedder.template(picture, face, mirror=False)),
        "mesh": _ms(lambda: landmarks.place(picture, face)),
        "passive_signals": _ms(lambda: screen_cues(picture, face)),
        "search_3000x3": _ms(lambda: gallery.search(probe, table, Use.DAILY_GATE)),
    }
    reference = _ms(lambda: Detector(store.path(DETECTOR), 640).find(picture))
    return {
        "target": {"frame_ms": 40, "memory_mb": 350, "cold_start_s": 2},
        "figures": {
            "frame_ms": whole,
            "frame_processor_ms": computing,
            "parts_ms": parts,
            "cold_start_s": round(cold, 3),
            "memory_mb": memory,
        },
        "reference": {"detect_640_ms": reference},
        "ratio_to_reference": round(whole / max(reference, 1e-9), 2),
        "limits": "one core; the embedding network takes more than half",
    }


def _picture() -> Picture:
    folder = Path(__file__).parents[2] / "shared" / "data" / "faces-dev"
    return np.asarray(cv2.resize(read(next(iter(sorted(folder.glob("img*.jpg"))))), (640, 480)), np.uint8)


def _gallery(model_id: str) -> Gallery:
    chance = np.random.default_rng(0)
    rows = [unit(chance.normal(size=128).astype(np.float32)) for _ in range(9000)]
    return Gallery(
        {str(n): [Template(model_id, v) for v in rows[3 * n : 3 * n + 3]] for n in range(3000)}, model_id
    )


def _ms(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    call()
    times = []
    for _ in range(ROUNDS):
        started = clock()
        call()
        times.append(clock() - started)
    return round(1000 * float(np.median(times)), 2)
