"""Runs a script of timings and tells CPU seconds too: python with_cpu.py SCRIPT [arguments]

Between each two looks of the script at its clock, the CPU seconds of all threads are taken. A second JSON line follows the script's own:
{"cpu": [...], "memory_mb": ...}, memory as the most that was resident.
"""
import json
import resource
import runpy
import sys
import time

clock, looks = time.time, []


def look():
    now = clock()
    if sys._getframe(1).f_code.co_filename == sys.argv[0]:  # libraries look at the clock too
        looks.append(time.process_time())
    return now


time.time = look
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
time.time = clock
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(dict(cpu=[round(b - a, 3) for a, b in zip(looks, looks[1:])], memory_mb=round(peak))))
