// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where functions that are not templates by nature are compiled. Headers declare them, files `detail/*.ipp`
// define them.
//
// Header-only, they are templates without parameters to deduce, so that only programs that call them
// instantiate them. Were they `inline`, every unit that includes them would instantiate what they use.
//
// Programs that link `mll::compiled` (it sets MLL_COMPILED to 1) do not see the definitions: the functions
// are ordinary functions of the library, which also holds instantiations of templates for the usual types.
#if !defined(MLL_COMPILED)
#define MLL_COMPILED 0
#endif

#if MLL_COMPILED
#define MLL_DECLARE  // a declaration in a header
#define MLL_DEFINE   // its definition
#else
#define MLL_DECLARE template <class = void>
#define MLL_DEFINE template <class>
#endif
#define MLL_LOCAL template <class = void>  // a function that its callers compile, in either mode
