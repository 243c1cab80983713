// Two units that include everything: a function that should be inline and is not breaks the link.
#include "mll/mll.hpp"
// Twice, like every other header.
#include "mll/mll.hpp"

int poisoned_unit();

int main() {
  const mll::hub<int> hub;
  return hub.empty() ? poisoned_unit() : 1;
}
