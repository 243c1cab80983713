# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# mll::compiled: functions and instantiations for the usual types that programs need not compile themselves
# (include/mll/core/detail/compiled.hpp says how). Optional; without it mll is header-only.
option(MLL_COMPILED "Build and install mll::compiled" ${PROJECT_IS_TOP_LEVEL})
if(MLL_COMPILED)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/compiled/*.cpp")
  add_library(mll_compiled STATIC ${sources})
  add_library(mll::compiled ALIAS mll_compiled)
  set_target_properties(mll_compiled PROPERTIES
    EXPORT_NAME compiled
    OUTPUT_NAME mll
    POSITION_INDEPENDENT_CODE ON
  )
  target_link_libraries(mll_compiled PUBLIC mll)
  target_compile_definitions(mll_compiled PUBLIC MLL_COMPILED=1)
endif()
