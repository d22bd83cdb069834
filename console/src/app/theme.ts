import { applyMode, Mode } from '@cloudscape-design/global-styles'
import { useState } from 'react'
import { remember } from './scope'

function preferred(): Mode {
  const stored = localStorage.getItem('cosell.theme')
  if (stored) return stored === 'dark' ? Mode.Dark : Mode.Light
  return matchMedia('(prefers-color-scheme: dark)').matches ? Mode.Dark : Mode.Light
}

function apply(mode: Mode) {
  applyMode(mode)
  document.documentElement.style.colorScheme = mode
}

export function startTheme() {
  apply(preferred())
}

export function useTheme() {
  const [mode, setMode] = useState(preferred)
  return {
    dark: mode === Mode.Dark,
    toggle: () => {
      const next = mode === Mode.Dark ? Mode.Light : Mode.Dark
      apply(next)
      remember('theme', next)
      setMode(next)
    },
  }
}
