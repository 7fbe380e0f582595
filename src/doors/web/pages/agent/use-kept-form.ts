import { type RefObject, useEffect, useState } from 'react'
import { useNavigation } from 'react-router'
import type { FormAnswer } from '../../ui/form.tsx'

type Values = NonNullable<FormAnswer['values']>

const NOT_KEPT = new Set(['csrf', 'submission'])

/**
 * Keeps what is typed into a form for this tab until it was taken, so that a reload or a wrong turn loses nothing. Files cannot be
 * kept. `values` is null until the browser was asked.
 */
export function useKeptForm(key: string, form: RefObject<HTMLFormElement | null>): { values: Values | null; drop(): void } {
  const [values, setValues] = useState<Values | null>(null)
  const navigation = useNavigation()
  useEffect(() => {
    try {
      setValues(JSON.parse(sessionStorage.getItem(key) ?? '{}'))
    } catch {
      setValues({})
    }
  }, [key])
  const ready = values !== null
  useEffect(() => {
    const held = form.current
    if (!ready || !held) return
    const keep = () => {
      const typed: Values = {}
      for (const [name, value] of new FormData(held)) if (typeof value === 'string' && !NOT_KEPT.has(name)) typed[name] = value
      try {
        sessionStorage.setItem(key, JSON.stringify(typed))
      } catch {
        // A browser without room for it keeps nothing; the form still works.
      }
    }
    held.addEventListener('input', keep)
    held.addEventListener('change', keep)
    return () => {
      held.removeEventListener('input', keep)
      held.removeEventListener('change', keep)
    }
  }, [key, form, ready])
  const drop = () => sessionStorage.removeItem(key)
  // A redirect after the form was posted: it was taken.
  const taken =
    navigation.state === 'loading' && navigation.formMethod === 'POST' && navigation.location.pathname !== navigation.formAction
  useEffect(() => {
    if (taken) sessionStorage.removeItem(key)
  }, [taken, key])
  return { values, drop }
}
