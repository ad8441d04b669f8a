import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Common {
  readonly label: string;
  readonly help?: ComponentChildren;
  readonly error?: string | null | undefined;
}
const describedBy = (id: string, help: unknown, error: unknown): string | undefined =>
  [help === undefined ? '' : `${id}-help`, error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;

const Around = ({ id, label, help, error, children }: Common & { id: string; children: ComponentChildren }) => (
  <div class={`field${error ? ' faulty' : ''}`}>
    <label htmlFor={id}>{label}</label>
    {children}
    {help !== undefined && (
      <p class="help" id={`${id}-help`}>
        {help}
      </p>
    )}
    {error && (
      <p class="fault" id={`${id}-error`}>
        {error}
      </p>
    )}
  </div>
);

export function TextField({
  label,
  help,
  error,
  value,
  onInput,
  type = 'text',
  autoComplete = 'off',
  placeholder,
  required,
  min,
  max,
}: Common & {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password' | 'number' | 'date' | 'search';
  autoComplete?: string;
  placeholder?: string;
  required?: boolean;
  min?: number;
  max?: number;
}) {
  const id = useId();
  return (
    <Around id={id} label={label} help={help} error={error}>
      <input
        {...({ type } as { type: 'text' })}
        id={id}
        value={value}
        autoComplete={autoComplete}
        spellcheck={false}
        placeholder={placeholder}
        required={required}
        min={min}
        max={max}
        aria-describedby={describedBy(id, help, error)}
        aria-invalid={error ? 'true' : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Around>
  );
}

export interface Option {
  readonly value: string;
  readonly text: string;
}
export function SelectField({
  label,
  help,
  error,
  value,
  options,
  onChange,
}: Common & { value: string; options: readonly Option[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <Around id={id} label={label} help={help} error={error}>
      <select
        id={id}
        value={value}
        aria-describedby={describedBy(id, help, error)}
        aria-invalid={error ? 'true' : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </Around>
  );
}

/** One of a few, each with an explanation. */
export function Choice<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: V;
  options: readonly { value: V; title: string; help: string }[];
  onChange: (value: V) => void;
}) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} class={`card${value === option.value ? ' chosen' : ''}`}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span>
            <strong>{option.title}</strong>
            <span class="help">{option.help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function CheckField({
  label,
  help,
  checked,
  onChange,
}: {
  label: string;
  help?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {help !== undefined && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}
