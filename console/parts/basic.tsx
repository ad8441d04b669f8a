import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Role, useMay } from '../lib/role.ts';
import { useTexts } from '../lib/texts.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'quiet';

/** A state as icon and words: the colour only repeats them. */
export const Badge = ({ tone, icon, children }: { tone: Tone; icon: IconName; children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>
    <Icon name={icon} />
    {children}
  </span>
);

export interface ButtonProps {
  readonly onClick?: () => unknown;
  readonly icon?: IconName;
  readonly kind?: 'main' | 'plain' | 'danger';
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly type?: 'button' | 'submit';
  readonly label?: string;
  /** The role that it needs: it is switched off for who has less, and says so. */
  readonly needs?: Role;
  readonly children?: ComponentChildren;
}
/** `label`: what it is called when the words on it are not enough by themselves. */
export function Button({
  onClick,
  icon,
  kind = 'plain',
  busy,
  disabled,
  type = 'button',
  label,
  needs,
  children,
}: ButtonProps) {
  const { t } = useTexts();
  const may = useMay(needs);
  return (
    <button
      type={type}
      class={`button ${kind}`}
      onClick={() => void onClick?.()}
      disabled={disabled === true || !may}
      aria-disabled={busy === true ? 'true' : undefined}
      aria-label={label}
      title={may ? (children === undefined ? label : undefined) : t('role.needs')}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

export const LinkButton = ({
  href,
  icon,
  kind = 'plain',
  children,
}: {
  href: string;
  icon?: IconName;
  kind?: 'main' | 'plain';
  children: ComponentChildren;
}) => (
  <a class={`button ${kind}`} href={href}>
    {icon && <Icon name={icon} />}
    <span>{children}</span>
  </a>
);

export const Panel = ({
  title,
  actions,
  children,
  id,
}: {
  title?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  id?: string;
}) => (
  <section class="panel" id={id} tabIndex={id === undefined ? undefined : -1}>
    {(title !== undefined || actions !== undefined) && (
      <header class="panel-head">
        {title !== undefined && <h2>{title}</h2>}
        {actions !== undefined && <div class="actions">{actions}</div>}
      </header>
    )}
    {children}
  </section>
);

/** Nothing is there, and what to do about it. */
export const Empty = ({
  icon = 'ok',
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
}) => (
  <div class="empty">
    <Icon name={icon} />
    <p class="empty-title">{title}</p>
    {children !== undefined && <div>{children}</div>}
  </div>
);

export const Loading = () => {
  const { t } = useTexts();
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" /> {t('loading')}
    </p>
  );
};

export const Notice = ({
  tone,
  icon,
  title,
  children,
  actions,
}: {
  tone: Tone;
  icon: IconName;
  title: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}) => (
  <div class={`notice ${tone}`}>
    <Icon name={icon} />
    <div class="notice-body">
      <p class="notice-title">{title}</p>
      {children !== undefined && <div>{children}</div>}
    </div>
    {actions !== undefined && <div class="actions">{actions}</div>}
  </div>
);

/** How far something is. Without a total the bar only says that it goes on. */
export const Progress = ({ done, total, label }: { done: number; total: number; label: string }) => (
  <progress max={Math.max(total, 1)} {...(total > 0 ? { value: Math.min(done, total) } : {})} aria-label={label} />
);

/** A switch of on and off. */
export function Switch({
  on,
  onChange,
  label,
  disabled,
  needs,
}: {
  on: boolean;
  onChange: (on: boolean) => unknown;
  label: string;
  disabled?: boolean;
  needs?: Role;
}) {
  const { t } = useTexts();
  const may = useMay(needs);
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on ? 'true' : 'false'}
      disabled={disabled === true || !may}
      title={may ? undefined : t('role.needs')}
      onClick={() => void onChange(!on)}
    >
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </button>
  );
}

/** Asks before something that is not easily undone. */
export function Confirm({
  title,
  children,
  yes,
  kind = 'danger',
  busy,
  disabled,
  onYes,
  onNo,
}: {
  title: string;
  children: ComponentChildren;
  yes: string;
  kind?: 'main' | 'danger';
  busy?: boolean;
  /** There is still something to be said before it can be done. */
  disabled?: boolean;
  onYes: () => unknown;
  onNo: () => void;
}) {
  const { t } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const mine = dialog.current;
    mine?.showModal();
    // Closed, not just taken away: the focus goes back to the button that asked.
    return () => mine?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="confirm-title"
      onCancel={(event) => {
        event.preventDefault();
        onNo();
      }}
    >
      <h2 id="confirm-title">{title}</h2>
      <div class="dialog-body">{children}</div>
      <div class="actions end">
        <Button onClick={onNo}>{t('cancel')}</Button>
        <Button kind={kind} busy={busy ?? false} disabled={disabled ?? false} onClick={onYes}>
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
