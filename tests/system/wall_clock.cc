// The wall clock of the programs that load this, ahead of the machine's by WALL_CLOCK_SHIFT seconds.
// Every other clock goes as ever: libfaketime 0.9.10 shifts deadlines too, and Python cannot sleep.

#include <cstdlib>
#include <ctime>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static time_t shift() {
  static const char *const text = getenv("WALL_CLOCK_SHIFT");
  static const time_t seconds = text == nullptr ? 0 : atoll(text);
  return seconds;
}

extern "C" int clock_gettime(clockid_t clock, timespec *moment) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, moment));
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    moment->tv_sec += shift();
  }
  return result;
}

extern "C" int gettimeofday(timeval *moment, void *) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *moment = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

extern "C" time_t time(time_t *moment) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (moment != nullptr) {
    *moment = now.tv_sec;
  }
  return now.tv_sec;
}
