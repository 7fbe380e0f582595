import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import { useFormAnswer } from './form.tsx'

interface FieldFrameProps {
  /** The name it is posted by; its error and typed value are looked up under it. */
  name: string
  label: ReactNode
  hint?: ReactNode | undefined
  /** Overrides the error of the form's answer. */
  error?: string | undefined
  /** Says in the label that this may be left out; pass the word. */
  optional?: ReactNode | undefined
  /** Keeps the label for screen readers only. */
  labelHidden?: boolean | undefined
  className?: string | undefined
}

interface ControlWiring {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

/** A label, a control, a hint and an error, tied together. The control is given by the child function. */
export function Field({
  name,
  label,
  hint,
  error,
  optional,
  labelHidden,
  className,
  children,
}: FieldFrameProps & { children: (wiring: ControlWiring) => ReactNode }) {
  const id = useId()
  const answer = useFormAnswer()
  const wrong = error ?? answer.errors?.[name]
  const described = [wrong && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className={classNames('min-w-0', className)}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'mb-1 block font-medium'}>
        {label}
        {optional ? <span className="ms-1.5 font-normal text-ink-faint">{optional}</span> : null}
      </label>
      {children({ id, 'aria-invalid': wrong ? true : undefined, 'aria-describedby': described || undefined })}
      {wrong ? <FieldError id={`${id}-error`}>{wrong}</FieldError> : null}
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-small text-ink-faint">
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export function FieldError({ id, children }: { id?: string | undefined; children: ReactNode }) {
  return (
    <p id={id} className="mt-1 flex items-start gap-1.5 text-small font-medium text-danger-ink">
      <svg viewBox="0 0 16 16" className="mt-px size-4 shrink-0" fill="currentColor" aria-hidden="true">
        <path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm-.75 3.75h1.5v4h-1.5v-4Zm0 5h1.5v1.5h-1.5v-1.5Z" />
      </svg>
      {children}
    </p>
  )
}

function typed(values: ReturnType<typeof useFormAnswer>['values'], name: string): string | undefined {
  const value = values?.[name]
  return Array.isArray(value) ? value[0] : value
}

type Rest<Tag extends 'input' | 'textarea' | 'select'> = Omit<ComponentProps<Tag>, 'name' | 'id' | 'className'> & FieldFrameProps

/** One line of text (also email, password, number, date, time, url by `type`). */
export function TextField({ name, label, hint, error, optional, labelHidden, className, defaultValue, ...input }: Rest<'input'>) {
  const answer = useFormAnswer()
  return (
    <Field
      name={name}
      label={label}
      hint={hint}
      error={error}
      optional={optional}
      labelHidden={labelHidden}
      className={className}
    >
      {(wiring) => (
        <input
          {...input}
          {...wiring}
          name={name}
          className="control"
          // A password is never sent back to the page.
          {...(input.value === undefined
            ? { defaultValue: input.type === 'password' ? undefined : (typed(answer.values, name) ?? defaultValue) }
            : {})}
        />
      )}
    </Field>
  )
}

/** Several lines of text; grows with what is written where the browser can. */
export function TextAreaField({
  name,
  label,
  hint,
  error,
  optional,
  labelHidden,
  className,
  defaultValue,
  rows = 4,
  ...area
}: Rest<'textarea'>) {
  const answer = useFormAnswer()
  return (
    <Field
      name={name}
      label={label}
      hint={hint}
      error={error}
      optional={optional}
      labelHidden={labelHidden}
      className={className}
    >
      {(wiring) => (
        <textarea
          {...area}
          {...wiring}
          name={name}
          rows={rows}
          className="control field-sizing-content min-h-24"
          {...(area.value === undefined ? { defaultValue: typed(answer.values, name) ?? defaultValue } : {})}
        />
      )}
    </Field>
  )
}

export interface Option {
  value: string
  label: string
  disabled?: boolean
}

/** A choice of one from a list, by the browser's own control: it works without script and on every telephone. */
export function SelectField({
  name,
  label,
  hint,
  error,
  optional,
  labelHidden,
  className,
  defaultValue,
  options,
  ...select
}: Rest<'select'> & { options: Option[] }) {
  const answer = useFormAnswer()
  return (
    <Field
      name={name}
      label={label}
      hint={hint}
      error={error}
      optional={optional}
      labelHidden={labelHidden}
      className={className}
    >
      {(wiring) => (
        <Select
          {...select}
          {...wiring}
          name={name}
          options={options}
          {...(select.value === undefined ? { defaultValue: typed(answer.values, name) ?? defaultValue } : {})}
        />
      )}
    </Field>
  )
}

/** The bare select, with our chevron. Give it a label of your own. */
export function Select({
  options,
  className,
  quiet,
  ...select
}: ComponentProps<'select'> & {
  options: Option[]
  /** Without an edge until it is pointed at or has the focus: for values that are mostly read. */
  quiet?: boolean
}) {
  return (
    <span className={classNames('relative block min-w-0', className)}>
      <select {...select} className={classNames('control appearance-none truncate pe-8!', quiet && 'control-quiet')}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <svg
        viewBox="0 0 16 16"
        className="pointer-events-none absolute inset-y-0 end-2.5 my-auto size-4 text-ink-muted"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d="m4.5 6.25 3.5 3.5 3.5-3.5" />
      </svg>
    </span>
  )
}

/** A box to tick, with its sentence beside it. Posts `value` ("on" by default) when ticked. */
export function CheckboxField({
  name,
  label,
  hint,
  error,
  className,
  defaultChecked,
  ...input
}: Omit<Rest<'input'>, 'optional' | 'labelHidden' | 'type'>) {
  const id = useId()
  const answer = useFormAnswer()
  const wrong = error ?? answer.errors?.[name]
  const was = answer.values?.[name]
  const ticked = answer.values
    ? Array.isArray(was)
      ? was.includes(String(input.value ?? 'on'))
      : was !== undefined
    : defaultChecked
  return (
    <div className={classNames('min-w-0', className)}>
      <div className="flex items-start gap-2">
        <input
          {...input}
          {...(input.checked === undefined ? { defaultChecked: ticked } : {})}
          type="checkbox"
          id={id}
          name={name}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={[wrong && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <div className="min-w-0">
          <label htmlFor={id}>{label}</label>
          {wrong ? <FieldError id={`${id}-error`}>{wrong}</FieldError> : null}
          {hint ? (
            <p id={`${id}-hint`} className="text-small text-ink-faint">
              {hint}
            </p>
          ) : null}
        </div>
      </div>
    </div>
  )
}

/** One of a few, all in sight. */
export function RadioGroup({
  name,
  legend,
  options,
  defaultValue,
  hint,
  error,
}: {
  name: string
  legend: ReactNode
  options: { value: string; label: ReactNode; hint?: ReactNode }[]
  defaultValue?: string
  hint?: ReactNode
  error?: string
}) {
  const id = useId()
  const answer = useFormAnswer()
  const wrong = error ?? answer.errors?.[name]
  const chosen = typed(answer.values, name) ?? defaultValue
  return (
    <fieldset aria-describedby={[wrong && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined}>
      <legend className="mb-1 font-medium">{legend}</legend>
      {hint ? (
        <p id={`${id}-hint`} className="mb-1.5 text-small text-ink-faint">
          {hint}
        </p>
      ) : null}
      <div className="flex flex-col gap-1.5">
        {options.map((option) => (
          <div key={option.value} className="flex items-start gap-2">
            <input
              type="radio"
              id={`${id}-${option.value}`}
              name={name}
              value={option.value}
              defaultChecked={option.value === chosen}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <div>
              <label htmlFor={`${id}-${option.value}`}>{option.label}</label>
              {option.hint ? <p className="text-small text-ink-faint">{option.hint}</p> : null}
            </div>
          </div>
        ))}
      </div>
      {wrong ? <FieldError id={`${id}-error`}>{wrong}</FieldError> : null}
    </fieldset>
  )
}

/** Files to send along; the browser's own control, so that it works without script. */
export function FileField({
  name,
  label,
  hint,
  error,
  optional,
  className,
  ...input
}: Omit<Rest<'input'>, 'type' | 'labelHidden'>) {
  return (
    <Field name={name} label={label} hint={hint} error={error} optional={optional} className={className}>
      {(wiring) => (
        <input
          multiple
          {...input}
          {...wiring}
          type="file"
          name={name}
          className="block w-full rounded-base border border-line-control border-dashed bg-surface p-2 text-ink-muted file:me-3 file:min-h-8 file:rounded-base file:border-0 file:bg-sunken file:px-3 file:font-medium file:text-ink hover:file:bg-hover"
        />
      )}
    </Field>
  )
}

/** Several fields that belong together. */
export function FieldGroup({ legend, hint, children }: { legend: ReactNode; hint?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-3">
        <span className="block text-large font-semibold">{legend}</span>
        {hint ? <span className="block text-ink-muted">{hint}</span> : null}
      </legend>
      {children}
    </fieldset>
  )
}
