#include <mll/core/matrix.hpp>

int main() {}
